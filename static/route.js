// The address bar: `#/p/<project id>` is a project, `#/p/<project id>/diagnostics` and `#/diagnostics` are how it and the
// server fare. Everything else after the id is left for what later parts of the page may mean by it.

/** @typedef {{ projectId: string | null, page: "diagnostics" | null }} Route */

/** @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  const match = /^#\/p\/([^/?]+)/.exec(hash);
  /** @type {Route["page"]} */
  const page = /^#(\/p\/[^/?]+)?\/diagnostics$/.test(hash) ? "diagnostics" : null;
  if (!match) return { projectId: null, page };
  try {
    return { projectId: decodeURIComponent(match[1]), page };
  } catch {
    return { projectId: match[1], page };
  }
}

/** @param {string} projectId */
export function projectHash(projectId) {
  return `#/p/${encodeURIComponent(projectId)}`;
}

/** @param {string | null} projectId */
export function diagnosticsHash(projectId) {
  return projectId ? `${projectHash(projectId)}/diagnostics` : "#/diagnostics";
}
