import type { Audit } from "./audit.ts"
import { audioLevelHeader } from "./checks/audio-level-header.ts"
import { exposedToc } from "./checks/exposed-toc.ts"
import { frameSizeVariance } from "./checks/frame-size-variance.ts"
import { plaintextFrame } from "./checks/plaintext-frame.ts"
import { removedMemberDecrypts } from "./checks/removed-member-decrypts.ts"
import { repeatedNonce } from "./checks/repeated-nonce.ts"
import { secretInRequest } from "./checks/secret-in-request.ts"

/** All audits, in the order of the report. */
export const audits: readonly Audit[] = [
  plaintextFrame,
  exposedToc,
  frameSizeVariance,
  audioLevelHeader,
  repeatedNonce,
  secretInRequest,
  removedMemberDecrypts,
]
