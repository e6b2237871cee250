import type { SfuRole } from "./sfu.ts"

/** What may change while somebody is connected. */
export interface SfuPermission {
  readonly canPublish: boolean
  readonly canPublishSources: readonly "microphone"[]
  readonly canPublishData: boolean
  readonly canSubscribe: boolean
  /** Others are not told that it is there. */
  readonly hidden: boolean
}

/** The audience listens unseen; the stage also sends its microphone and its sealed checkpoints. */
export const permissions: Record<SfuRole, SfuPermission> = {
  stage: {
    canPublish: true,
    canPublishSources: ["microphone"],
    canPublishData: true,
    canSubscribe: true,
    hidden: false,
  },
  audience: { canPublish: false, canPublishSources: [], canPublishData: false, canSubscribe: true, hidden: true },
}

/** What no token of ours ever grants, written out: the SFU reads some absent grants as allowed. */
export const never = {
  roomCreate: false,
  roomList: false,
  roomRecord: false,
  roomAdmin: false,
  ingressAdmin: false,
  recorder: false,
  agent: false,
  canUpdateOwnMetadata: false,
  canSubscribeMetrics: false,
  canManageAgentSession: false,
} as const
