import { Hono } from "hono"
import { policyLifetimeMs } from "#crypto/link/policy"
import { keptHeads } from "../head/head.store.ts"
import { requestLifetimeMs, sealedSeatLifetimeMs } from "../seat/request.store.ts"
import { identityMemoryMs } from "../sfu/identity.store.ts"
import { clockSlackMs } from "../space/space.rules.ts"

/** The protocol this service speaks. */
export const protocolVersion = 1

/** What a client or an auditor may want to know of this deployment; answers as soon as the service works. */
export function deploymentRoutes(build: string) {
  return new Hono().get("/", (context) =>
    context.json({
      name: "sottovoce",
      protocol: protocolVersion,
      suites: ["SFrame AES_128_GCM_SHA256_128"],
      /** What hosts ask for unless they choose otherwise: plaintext bytes of a cell, and ms between two. */
      cell: { bytes: 120, ptimeMs: 20 },
      build,
      retention: {
        headsKept: keptHeads,
        requestMs: requestLifetimeMs,
        seatMs: sealedSeatLifetimeMs,
        identityMs: identityMemoryMs,
        policyMs: policyLifetimeMs,
        afterPolicyMs: clockSlackMs,
      },
    }),
  )
}
