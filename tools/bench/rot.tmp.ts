import { makeRoom, rotate } from "/work/main/test/page/bench-rotate/rotation.ts"
import { webPrimitives as p } from "/work/main/crypto/base/web-primitives.ts"
import { stepKek, wrapSecret, joinWraps } from "/work/main/crypto/seat/wrap.ts"
import { seatsHash, applySeatChanges } from "/work/main/crypto/room/seats.ts"
import { sha256 } from "@noble/hashes/sha2.js"
const n = 1000
let room = makeRoom(n)
const cpu = (f: () => unknown) => { let best = 1e9; for (let r=0;r<30;r++){ const a = process.cpuUsage(); f(); const d = process.cpuUsage(a); best = Math.min(best, (d.user+d.system)/1000) } return best.toFixed(2)+" ms" }
for (let i=0;i<5;i++) room = (await rotate(room)).next
{ let best = 1e9; for (let r=0;r<20;r++){ const a = process.cpuUsage(); room = (await rotate(room)).next; const d = process.cpuUsage(a); best = Math.min(best, (d.user+d.system)/1000) } console.log("whole", best.toFixed(2)) }
const keks = [...room.keks]
console.log("stepKek", cpu(() => keks.map(([s, k]) => stepKek(p, k, k.epoch+1))))
console.log("wrap", cpu(() => keks.map(([s, k]) => wrapSecret(p, k.key, room.space, room.head, s, room.secret))))
console.log("hash 32", cpu(() => keks.map(() => p.hash(room.head))))
console.log("seal only", cpu(() => { const nonce = new Uint8Array(12); const aad = new Uint8Array(72); return keks.map(([s, k]) => p.seal(k.key, nonce, aad, room.secret)) }))
const w = keks.map(([serial, k]) => ({serial, wrap: wrapSecret(p, k.key, room.space, room.head, serial, room.secret)}))
console.log("join", cpu(() => { for (let i=0;i<w.length;i+=256) joinWraps(w.slice(i,i+256)) }))
console.log("seatsHash", cpu(() => seatsHash(p, room.seats.rows.values(), [])))
console.log("sha 118k", cpu(() => sha256(new Uint8Array(118000))))
console.log("applySeatChanges", cpu(() => applySeatChanges(room.seats, {upserted: [], removed: [], counters: []})))
