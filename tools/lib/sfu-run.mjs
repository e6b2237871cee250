import { randomBytes } from "node:crypto"
import { spawnGuarded } from "./guarded.mjs"
import { freeTcpPort, freeUdpPort } from "./ports.mjs"
import { untilReady } from "./readiness.mjs"

/** Fresh credentials of an embedded SFU; LiveKit wants secrets of 32 characters or more. */
export function freshSfuKey() {
  return { apiKey: `key${randomBytes(6).toString("hex")}`, apiSecret: randomBytes(32).toString("base64url") }
}

/**
 * The configuration of an SFU that only this machine reaches and that contacts nobody. JSON is YAML, which it reads.
 * With `tcp_port` set it would listen on all interfaces whatever `bind_addresses` says; without `stun_servers` it would
 * hand browsers STUN servers of third parties; with RED it would re-encode sealed frames and break them.
 */
export function sfuConfig({ port, udpPort, apiKey, apiSecret }) {
  return {
    port,
    bind_addresses: ["127.0.0.1"],
    keys: { [apiKey]: apiSecret },
    rtc: {
      udp_port: udpPort,
      tcp_port: 0,
      use_external_ip: false,
      node_ip: "127.0.0.1",
      enable_loopback_candidate: true,
      interfaces: { includes: ["lo"] },
      stun_servers: ["127.0.0.1:3478"],
    },
    room: { auto_create: false, enabled_codecs: [{ mime: "audio/opus" }] },
    audio: { active_red_encoding: false },
    enable_data_tracks: false,
    logging: { level: "error", pion_level: "error" },
  }
}

/**
 * Starts an SFU on loopback and waits until it answers; it ends with this process. Types in sfu-run.d.mts.
 * @throws {Trouble} when it does not come up.
 */
export async function startSfu(options) {
  const port = options.port ?? (await freeTcpPort())
  const udpPort = options.udpPort ?? (await freeUdpPort())
  const key = { ...freshSfuKey(), ...pickKey(options) }
  const program = spawnGuarded([options.binary], {
    // By environment, not by argument: arguments are readable by every user of the machine.
    env: { ...process.env, LIVEKIT_CONFIG: JSON.stringify(sfuConfig({ port, udpPort, ...key })) },
    onLine: options.onLine,
  })
  try {
    await untilReady({ name: "The media server", url: `http://127.0.0.1:${port}/`, withinMs: 20_000, program })
  } catch (error) {
    await program.stop()
    throw error
  }
  return { url: `ws://127.0.0.1:${port}`, port, udpPort, ...key, exited: program.exited, stop: program.stop }
}

function pickKey({ apiKey, apiSecret }) {
  return apiKey === undefined || apiSecret === undefined ? {} : { apiKey, apiSecret }
}
