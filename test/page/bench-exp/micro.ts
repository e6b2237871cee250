const w = new Worker(new URL("./micro.worker.ts", import.meta.url), { type: "module" })
Object.assign(globalThis, { micro: () => new Promise((ok, bad) => { w.onmessage = (e) => ok(e.data); w.onerror = (e) => bad(new Error(e.message)); w.postMessage(1) }) })
