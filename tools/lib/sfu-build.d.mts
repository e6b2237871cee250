/** Path of a livekit-server to run: from the PATH, else built once from sfu/go.mod into the user's cache folder. */
export function sfuBinary(): Promise<string>
