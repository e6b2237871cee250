import { Refusal } from "../errors.ts"
import { admit } from "../sfu/admission.ts"
import { roomOf, type Handler } from "./handler.ts"

/** Hands a seat its ticket to the media server. An empty URL means: the origin of this socket, where the gate stands. */
export const sfu: Handler<"sfu"> = async (service, connection, { ref }) => {
  const room = roomOf(connection)
  const row = await room.run(async () => room.rowsOf(connection)[0])
  if (row === undefined) throw new Refusal("not-allowed")
  // Outside the room's order: a media server that answers slowly must hold nobody else up.
  const { identity, token } = await admit(service, room, row)
  return { TAG: "sfu", data: { ref, url: "", token, identity } }
}
