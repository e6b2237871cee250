/** A track that is always silent, mono and never ends: what is published first, and sent while muted. */
export interface Silence {
  readonly track: MediaStreamTrack
  readonly context: AudioContext
  /** To be called inside a tap: browsers start sound only then. */
  start(): void
}

export function createSilence(): Silence {
  // Firefox without a sound card keeps the context suspended: its track sends silence all the same.
  const context = new AudioContext({ sampleRate: 48_000 })
  // mono: a stereo track makes the SFU ask for 510 kbit/s
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
  const source = new ConstantSourceNode(context, { offset: 0 })
  source.connect(destination)
  source.start()
  const [track] = destination.stream.getAudioTracks()
  if (track === undefined) throw new TypeError("A destination node has no track.")
  return {
    track,
    context,
    start() {
      // rejected only when the context is closed, which nobody does
      context.resume().catch(() => undefined)
    },
  }
}
