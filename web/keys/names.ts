import type { Primitives } from "#crypto/base/primitives"

/** Sixty-four each, in English for everybody: people point one another out by them. */
const adjectives = (
  "Amber Ancient Autumn Azure Bold Brave Bright Brisk Calm Candid Cheerful Clear Clever Cosy Crimson Curious " +
  "Daring Deft Eager Early Earnest Fabled Fair Gentle Gilded Glad Golden Graceful Happy Hardy Hazel Honest " +
  "Humble Icy Indigo Jolly Keen Kind Lively Loyal Lucky Mellow Merry Mild Misty Modest Nimble Noble " +
  "Patient Plucky Proud Quick Quiet Rosy Rustic Serene Silver Steady Sunny Swift Tidy Velvet Witty Young"
).split(" ")
const birds = (
  "Albatross Avocet Barbet Bittern Blackbird Bluebird Bunting Bustard Buzzard Canary Cardinal Cormorant Crane Cuckoo " +
  "Curlew Dipper Dove Dunlin Eagle Egret Falcon Finch Flamingo Flycatcher Gannet Goldfinch Goose Grebe Grouse Gull " +
  "Hawk Heron Hoopoe Hornbill Hummingbird Ibis Jay Kestrel Kingfisher Kite Kiwi Lapwing Lark Linnet Magpie Martin " +
  "Nightingale Oriole Osprey Owl Partridge Pelican Plover Puffin Quail Robin Sandpiper Skylark Sparrow Starling " +
  "Swallow Swan Tern Wren"
).split(" ")

const known = new WeakMap<Uint8Array, string>()

/**
 * The two words a seat goes by, from the hash of its key: the same on every device, and no name anybody chose. Two seats
 * may share them; only the safety code and the host's own labels say who somebody is.
 */
export function pseudonym(p: Primitives, seatPub: Uint8Array): string {
  const cached = known.get(seatPub)
  if (cached !== undefined) return cached
  const [first, second] = p.hash(seatPub)
  const name = `${adjectives[(first ?? 0) % adjectives.length] ?? ""} ${birds[(second ?? 0) % birds.length] ?? ""}`
  known.set(seatPub, name)
  return name
}
