import { keyMutants } from "./keys.ts"
import { mediaMutants } from "./media.ts"
import type { Mutant } from "./mutant.ts"
import { roomMutants } from "./rooms.ts"
import { voiceMutants } from "./voices.ts"

/** All planted bugs. */
export const mutants: readonly Mutant[] = [...keyMutants, ...roomMutants, ...mediaMutants, ...voiceMutants]
