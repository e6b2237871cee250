interface ScriptUrlPolicy {
  createScriptURL(url: string): string
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptUrlPolicy
}

declare const trustedTypes: TrustedTypes | undefined

/**
 * The one rule under which a worker may start: a file of this site.
 * @throws TypeError for anything else
 */
export function sameOrigin(url: string, base: string): string {
  const whole = new URL(url, base)
  if (whole.origin !== new URL(base).origin || !/^https?:$/.test(whole.protocol))
    throw new TypeError("A worker has to be a file of this site.")
  return whole.href
}

const rules = { createScriptURL: (url: string): string => sameOrigin(url, location.origin) }
const policy = typeof trustedTypes === "undefined" ? rules : trustedTypes.createPolicy("sottovoce-worker-url", rules)

/** Starts a module worker from a file of this site, through the page's Trusted Types policy where there is one. */
export function startWorker(url: string, name: string): Worker {
  return new Worker(policy.createScriptURL(url), { type: "module", name })
}
