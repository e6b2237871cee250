/**
 * Whether this browser has what the page cannot do without: transforms for sealed sound, WebCrypto, a vault and its
 * lock. Asked before an invite link is handed on, so that the link can still be taken to another browser.
 */
export function isSupported(): boolean {
  return "RTCRtpScriptTransform" in window && "indexedDB" in window && "locks" in navigator && "subtle" in crypto
}
