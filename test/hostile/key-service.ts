import type { Behaviour } from "./behaviour.ts"
import { ghosts } from "./service/ghosts.ts"
import { histories } from "./service/history.ts"
import { replays } from "./service/replays.ts"
import { secrets } from "./service/secrets.ts"
import { withholding } from "./service/withholding.ts"

/** Everything a hostile key service is tried with: a row each, and what must come of it. */
export const keyServiceBehaviours: readonly Behaviour[] = [
  ...ghosts,
  ...histories,
  ...withholding,
  ...replays,
  ...secrets,
]
