// The address bar: `#/p/<project id>` is a project, `#/p/<project id>/a/<seq>` one step of it, and
// `#/p/<project id>/diagnostics` and `#/diagnostics` are how it and the server fare; `#/server` is all that is known of the server.

/** @typedef {{ projectId: string | null, seq: number | null, page: "diagnostics" | "server" | null }} Route */

/** Where all is that is known of the server. */
export const SERVER_HASH = "#/server";

/** @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  const match = /^#\/p\/([^/?]+)(?:\/a\/(\d{1,15})(?![^/?]))?/.exec(hash);
  /** @type {Route["page"]} */
  const page = hash === SERVER_HASH ? "server" : /^#(\/p\/[^/?]+)?\/diagnostics$/.test(hash) ? "diagnostics" : null;
  if (!match) return { projectId: null, seq: null, page };
  return { projectId: decoded(match[1]), seq: match[2] === undefined ? null : Number(match[2]), page };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} projectId */
export function projectHash(projectId) {
  return `#/p/${encodeURIComponent(projectId)}`;
}

/** @param {string} projectId @param {number} seq */
export function stepHash(projectId, seq) {
  return `${projectHash(projectId)}/a/${seq}`;
}

/** @param {string | null} projectId */
export function diagnosticsHash(projectId) {
  return projectId ? `${projectHash(projectId)}/diagnostics` : "#/diagnostics";
}
