import { equal } from "#crypto/base/bytes"
import { viewOf } from "#crypto/room/head"
import { Refusal } from "../errors.ts"
import { sliceWraps } from "../head/wrap.rules.ts"
import { completeWraps, putWraps } from "../head/wrap.store.ts"
import { ok, requireLeader, roomOf, type Handler } from "./handler.ts"
import { pushWraps } from "./publish-head.ts"

/** A chunk of the audience's wraps for the newest epoch, each handed to its own row. */
export const wraps: Handler<"wraps"> = async ({ db }, connection, { ref, head, last, wraps: joined }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    requireLeader(room, connection)
    const { chain, space, seats } = room.state
    const newest = chain.head
    if (newest === undefined) throw new Refusal("stale")
    const view = viewOf(newest)
    // Beats follow each other while the chunks of a large room go out: the Head that opened the epoch is meant too.
    if (!equal(head, view) && !equal(head, newest.id)) throw new Refusal("stale")
    const sliced = sliceWraps(joined, seats.rows)
    await db.transaction().execute(async (tx) => {
      await putWraps(tx, space, newest.fields.epoch, sliced)
      if (last) await completeWraps(tx, space, view)
    })
    pushWraps(room, chain, sliced)
    if (last) room.toAll({ TAG: "wrapsComplete", data: { head: view } })
    return ok(ref)
  })
}
