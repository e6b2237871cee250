import type { ClientMessage, ServiceMessage } from "#crypto/wire/wire"
import type { Service } from "../service.ts"
import { app } from "./app.ts"
import { answer } from "./answer.ts"
import { batch } from "./batch.ts"
import type { Connection } from "./connection.ts"
import { end } from "./end.ts"
import { head } from "./head.ts"
import { hello } from "./hello.ts"
import { invite } from "./invite.ts"
import { leave } from "./leave.ts"
import { request } from "./request.ts"
import { rows } from "./rows.ts"
import { sfu } from "./sfu.ts"
import { standby } from "./standby.ts"
import { sync } from "./sync.ts"
import { wraps } from "./wraps.ts"

/** Hands a message to what answers its kind. */
export function handle(
  service: Service,
  connection: Connection,
  message: ClientMessage,
): Promise<ServiceMessage | undefined> {
  switch (message.TAG) {
    case "hello":
      return hello(service, connection, message.data)
    case "sync":
      return sync(service, connection, message.data)
    case "request":
      return request(service, connection, message.data)
    case "head":
      return head(service, connection, message.data)
    case "batch":
      return batch(service, connection, message.data)
    case "wraps":
      return wraps(service, connection, message.data)
    case "invite":
      return invite(service, connection, message.data)
    case "answer":
      return answer(service, connection, message.data)
    case "leave":
      return leave(service, connection, message.data)
    case "end":
      return end(service, connection, message.data)
    case "sfu":
      return sfu(service, connection, message.data)
    case "rows":
      return rows(service, connection, message.data)
    case "standby":
      return standby(service, connection, message.data)
    case "app":
      return app(service, connection, message.data)
  }
}
