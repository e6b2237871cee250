import { randomInt } from "node:crypto"
import { createSocket } from "node:dgram"
import { createServer } from "node:net"

const loopback = "127.0.0.1"

/** A TCP port that nobody listened on a moment ago, of those no system gives to whoever asks for any: it stays free a little. */
export async function freeTcpPort() {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    if (await isFree(port)) return port
  }
}

/** A UDP port on loopback that nobody held a moment ago. */
export function freeUdpPort() {
  return new Promise((resolve, reject) => {
    const probe = createSocket("udp4")
    probe.once("error", reject)
    probe.bind(0, loopback, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** Whether a TCP port can be listened on; false also for ports the system reserves. */
export function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    // Without a host: a server on any address makes the port taken.
    probe.listen(port, () => probe.close(() => resolve(true)))
  })
}
