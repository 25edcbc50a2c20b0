// Offers notifications the first time one would have been of use.

import { html } from "../lib.js";
import { offer, refuseNotifications, wantNotifications } from "../notify.js";
import { Icon } from "./icon.js";

export function NotifyOffer() {
  if (offer.value === null) return null;
  return html`
    <div class="notice notify-offer" role="status">
      <${Icon} name="bell" /><p>${offer.value} Shall the browser tell you the next time?</p>
      <button type="button" class="button small primary" onClick=${wantNotifications}>Tell me</button>
      <button type="button" class="button small quiet" onClick=${refuseNotifications}>No, thanks</button>
    </div>`;
}
