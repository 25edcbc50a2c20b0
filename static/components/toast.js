// A word that something was done of which nothing else is to be seen, like a copy. It goes by itself.

import { html, useEffect } from "../lib.js";
import { toast } from "../store.js";
import { Icon } from "./icon.js";

const SHOWN_MS = 2_500;

export function Toast() {
  const said = toast.value;
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => { if (toast.value === said) toast.value = null; }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return html`<div class="toast-place" role="status">${said && html`<p class="toast" key=${said.at}><${Icon} name="check" />${said.text}</p>`}</div>`;
}
