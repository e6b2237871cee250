import { audioLevelHeader } from "./audio-level-header.ts"
import { whole, type Control } from "./control.ts"
import { exposedToc } from "./exposed-toc.ts"
import { frameSizeVariance } from "./frame-size-variance.ts"
import { plaintextFrame } from "./plaintext-frame.ts"
import { removedMemberDecrypts } from "./removed-member-decrypts.ts"
import { repeatedNonce } from "./repeated-nonce.ts"
import { secretInRequest } from "./secret-in-request.ts"

/** One deliberately leaky subject for each audit. */
export const controls: readonly Control[] = [
  plaintextFrame,
  exposedToc,
  frameSizeVariance,
  audioLevelHeader,
  repeatedNonce,
  secretInRequest,
  removedMemberDecrypts,
]

/** The same page with nothing wrong: every audit must pass it. */
export const clean: Control = { id: "none", defect: "none", rekeys: true, streams: 4, timeline: whole }
