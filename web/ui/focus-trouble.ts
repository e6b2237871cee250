import { tick } from "svelte"

/** After a form was refused: the first field that is wrong gets the focus, so that its message is read out. */
export async function focusTrouble(form: EventTarget | null): Promise<void> {
  await tick()
  if (form instanceof HTMLFormElement) form.querySelector<HTMLInputElement>("[aria-invalid='true']")?.focus()
}
