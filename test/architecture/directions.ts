import type { Import } from "./imports.ts"

/** Who may import what of ours; what is not listed is forbidden. `types`: by `import type` only. */
const directions: Readonly<Record<string, { readonly may: readonly string[]; readonly types?: readonly string[] }>> = {
  crypto: { may: ["crypto/"] },
  // A black box: a bug in crypto cannot hide from its auditor.
  audits: { may: ["audits/", "tools/lib/"] },
  server: {
    may: [
      "server/",
      ...["bytes", "challenge", "codec", "errors", "ids", "labels", "primitives", "signed", "web-primitives"].map(
        (name) => `crypto/base/${name}.ts`,
      ),
      ...["card-size", "invite", "policy"].map((name) => `crypto/link/${name}.ts`),
      "crypto/room/",
      "crypto/wire/",
      ...["app-message", "seat-cert"].map((name) => `crypto/message/${name}.ts`),
      ...["answer", "leave", "seat-object", "seat-request", "step"].map((name) => `crypto/seat/${name}.ts`),
    ],
  },
  web: { may: ["web/", "crypto/"], types: ["server/"] },
  // Bench and screenshots drive the same browsers and pages as the tests; the fuzzer what the server reads strangers' bytes with;
  // the simulation runs the key service, so it lies in test, and its command here.
  tools: {
    may: [
      ...[
        "tools/",
        "crypto/",
        "web/",
        "test/support/",
        "test/page/",
        "test/vectors/",
        "test/simulation/",
        "server/errors.ts",
      ],
      ...["head/wrap.rules", "sfu/gate", "sfu/livekit", "space/space.rules"].map((name) => `server/${name}.ts`),
    ],
    types: ["server/"],
  },
  test: { may: ["test/", "crypto/", "server/", "web/", "audits/", "tools/"] },
}

/** Packages that one file per side may import; a listed file may, in the folders where the rule holds. */
const packages = [
  { name: "livekit-server-sdk", folders: ["crypto", "server", "web"], only: ["server/sfu/livekit.ts"] },
  { name: "livekit-client", folders: ["crypto", "server", "web"], only: ["web/rtc/livekit.ts"] },
] as const

/** Modules that hold, make or use a secret of a space. The server reaches none of them, through whatever it imports either. */
const secretSide = [
  ...["card", "invite-secrets", "link"].map((name) => `crypto/link/${name}.ts`),
  "crypto/media/",
  "crypto/member/",
  "crypto/seat/seat.ts",
  "crypto/seat/wrap.ts",
  "crypto/message/app-seal.ts",
]

/** What is wrong with an import, as a sentence; undefined if nothing. */
export function breach({ from, to, typeOnly }: Import): string | undefined {
  const folder = folderOf(from)
  const restricted = packages.find(({ name }) => to === name || to.startsWith(`${name}/`))
  if (restricted?.folders.some((name) => name === folder) && !restricted.only.some((file) => file === from)) {
    return `${from} imports ${to}, which is for ${restricted.only.join(" and ")} alone`
  }
  const rule = directions[folder]
  const ours = folderOf(to) in directions
  if (rule === undefined || !ours || within(to, rule.may)) return undefined
  if (within(to, rule.types ?? [])) {
    return typeOnly ? undefined : `${from} imports ${to}, of which ${folder} may import types alone`
  }
  return `${from} imports ${to}, which ${folder} may not`
}

/** Chains by which the server would reach a module of the secret side, each as "server/a.ts → crypto/b.ts → …". */
export function secretsInReach(imports: readonly Import[]): string[] {
  const loaded = imports.filter(({ typeOnly }) => !typeOnly)
  const chains: string[] = []
  const seen = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    if (within(file, secretSide)) chains.push([...path, file].join(" → "))
    if (seen.has(file)) return
    seen.add(file)
    for (const { to } of loaded.filter(({ from }) => from === file)) walk(to, [...path, file])
  }
  for (const { from } of loaded.filter(({ from }) => folderOf(from) === "server")) walk(from, [])
  return chains
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? ""
}

function within(path: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => (entry.endsWith("/") ? path.startsWith(entry) : path === entry))
}
