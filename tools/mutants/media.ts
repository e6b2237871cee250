import type { Mutant } from "./mutant.ts"

const opener = "test/crypto/opener.test.ts"
const sealer = "test/crypto/sealer.test.ts"

/** Bugs in the frame path. */
export const mediaMutants: readonly Mutant[] = [
  {
    name: "a cell is filled before its key is ready",
    file: "crypto/media/sealer.ts",
    find: `      return withKey(key, sealWith)`,
    replace: `      encodeCell(packet, cell, muted, scratch)
      return key.coming.then((ready) => {
        packet = scratch.slice(2)
        return sealWith(ready)
      })`,
    test: "test/crypto/sealer.test.ts",
    title: "open to what each of them was",
  },
  {
    name: "a frame opens as often as it comes",
    file: "crypto/media/replay-window.ts",
    find: `      seen[counter % replayWindowSize] = 1`,
    replace: ``,
    test: opener,
    title: "opens once, also when it comes twice",
  },
  {
    name: "frames of removed seats open",
    file: "crypto/media/opener.ts",
    find: `epoch.indices.has(index) && stillSeated?.has(index) !== false`,
    replace: `epoch.indices.has(index)`,
    test: opener,
    title: "is not heard from the moment the newest Head says so",
  },
  {
    name: "a track may change its sender at any time",
    file: "crypto/media/opener.ts",
    find: `if (!bindings.allows(track, kid.index, now)) return "other-sender"`,
    replace: ``,
    test: opener,
    title: "belongs to the sender of its first authentic frame",
  },
  {
    name: "a retired epoch opens again",
    file: "crypto/media/opener.ts",
    find: `      keyring.retire(epoch)`,
    replace: `      if (epoch < 0) keyring.retire(epoch)`,
    test: opener,
    title: "that was retired stays shut",
  },
  {
    name: "a sender that has no new key keeps the old one",
    file: "crypto/media/sealer.ts",
    find: `      // before anything below can throw: a key that should have been left is never used again
      stall()`,
    replace: ``,
    test: sealer,
    title: "told to send where it has no secret falls silent",
  },
  {
    name: "the counters start again when the space is entered again",
    file: "crypto/media/sealer.ts",
    find: `      oldest = 0
    },`,
    replace: `      oldest = 0
      counters.clear()
    },`,
    test: sealer,
    title: "goes on when the sender is made anew",
  },
  {
    name: "an epoch that is over stays with the sending half of whoever never sent in it",
    file: "web/media/keys-port.ts",
    find: `      sealer.retire(message.epoch)`,
    replace: ``,
    test: "test/scenario/seized-device.test.ts",
    title: "opens no epoch but the one it was taken in: a listener's",
  },
]
