import type { BenchRun } from "./benches.ts"
import type { Figure } from "./figure.ts"
export async function rotate(_run: BenchRun): Promise<readonly Figure[]> { return [] }
