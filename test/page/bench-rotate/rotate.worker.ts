import { makeRoom, rotate, type Rotation, type RotationWish } from "./rotation.ts"

addEventListener("message", ({ data }: MessageEvent<RotationWish>) => {
  void work(data).then((rotations) => postMessage(rotations))
})

async function work({ seats, times }: RotationWish): Promise<readonly Rotation[]> {
  let room = makeRoom(seats)
  const rotations: Rotation[] = []
  for (let i = 0; i <= times; i++) {
    const { next, rotation } = await rotate(room)
    room = next
    if (i > 0) rotations.push(rotation)
  }
  return rotations
}
