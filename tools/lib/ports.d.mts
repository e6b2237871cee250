export function freeTcpPort(): Promise<number>
