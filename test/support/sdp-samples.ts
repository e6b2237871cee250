/** The shape of what Chromium 156 offers and livekit-server 1.13.5 answers. */
const session = "v=0\r\no=- 2609791730321580962 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"

export const dataSection = [
  "m=application 44192 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 192.0.2.2",
  "a=candidate:3368914413 1 udp 2122194687 192.0.2.2 44192 typ host generation 0",
  "a=mid:0",
  "a=sctp-port:5000",
  "",
].join("\r\n")

export function audioSection(options: {
  readonly formats: string
  readonly opus: string
  readonly more?: readonly string[]
}): string {
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${options.formats}`,
    "c=IN IP4 0.0.0.0",
    "a=ice-ufrag:ETe3",
    "a=ice-pwd:OLyJ1rZcO+iAJJYojhfCRlzG",
    "a=setup:actpass",
    "a=mid:1",
    "a=sendonly",
    "a=rtcp-mux",
    `a=rtpmap:${options.opus} opus/48000/2`,
    ...(options.more ?? []),
    "",
  ].join("\r\n")
}

export const sdp = (...sections: readonly string[]): string => session + sections.join("")

export const chromiumOffer = sdp(
  dataSection,
  audioSection({
    formats: "111 63 9 0 8 13 110 126",
    opus: "111",
    more: [
      "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
      "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
      "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
      "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
      "a=rtcp-fb:111 transport-cc",
      "a=fmtp:111 minptime=10;useinbandfec=1",
      "a=rtpmap:63 red/48000/2",
      "a=fmtp:63 111/111",
      "a=rtpmap:9 G722/8000",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:13 CN/8000",
      "a=rtpmap:110 telephone-event/48000",
      "a=rtpmap:126 telephone-event/8000",
    ],
  }),
)

export const serverAnswer = sdp(
  dataSection,
  audioSection({
    formats: "111 63",
    opus: "111",
    more: [
      "b=AS:510",
      "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
      "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
      "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;stereo=1;maxaveragebitrate=510000",
      "a=rtpmap:63 red/48000/2",
      "a=fmtp:63 111/111",
      "a=ptime:60",
      "a=maxptime:120",
    ],
  }),
)
