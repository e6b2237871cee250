import { mount, tick } from "svelte"
import Home from "../../../web/home/Home.svelte"
import { Room } from "../../../web/room/room.svelte.ts"
import Space from "../../../web/room/Space.svelte"
import "../../../web/ui/tokens.css"
import "../../../web/ui/base.css"
import { PreviewSession } from "./preview-session.ts"
import { states, type State } from "./states.ts"

const name = new URLSearchParams(location.search).get("state") ?? "home"
const state: State | undefined = Object.entries(states).find(([key]) => key === name)?.[1]
const target = document.getElementById("app")
if (state === undefined || target === null) throw new Error("There is no such state.")

if (state.home === true)
  mount(Home, { target, props: { create: () => new PreviewSession(state).command({ kind: "end" }) } })
else
  mount(Space, {
    target,
    props: {
      room: new Room(new PreviewSession(state), state.view.space),
      act: () => {
        // Buttons of the page itself lead nowhere here.
      },
    },
  })

// The room's screen comes as a part of its own, and the page shows another until it is there. Whoever looks waits for this word.
await import("../../../web/room/Room.svelte")
await tick()
document.documentElement.dataset["shown"] = name
