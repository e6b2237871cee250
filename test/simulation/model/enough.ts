import type { Choice } from "./choice.ts"
import type { World } from "./world.ts"

/**
 * Choices of which one has to be taken first on every way, up to the order of what is independent (a persistent set):
 * where the media server is mute, all that touches one page which has something to hear. Nothing but itself can add to
 * what that page may do: what the service says comes behind, and no time passes. Every page still comes to every state
 * that it can come to, in every order that the service can see; not looked at are all pairs of states of two pages.
 */
export function enough(world: World, choices: readonly Choice[]): readonly Choice[] {
  if (!world.isMute || choices.some(({ touches }) => touches === undefined)) return choices
  let least = choices
  for (const { id, wire } of world.devices) {
    if (wire === undefined || (world.wires.get(wire)?.down.length ?? 0) === 0) continue
    const own = choices.filter(({ touches }) => touches?.includes(id))
    if (own.length < least.length && own.every((choice) => isOnly(choice, own, choices))) least = own
  }
  return least
}

/** Whether no other choice, now or later, has to do with this one. */
function isOnly({ spends, touches }: Choice, own: readonly Choice[], all: readonly Choice[]): boolean {
  const shares = all.some((other) => !own.includes(other) && other.touches?.some((one) => touches?.includes(one)))
  return !shares && (spends === undefined || spends.includes(" "))
}
