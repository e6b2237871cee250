/** Whether the output of `go version` names a Go that compiles the media server. */
export function isNewEnoughVersion(text: string | undefined): boolean
