/** The look of the page, light or dark as the system is. */
export const STYLE = `
:root{color-scheme:light dark;
--ground:#f5f6f8;--card:#fff;--code:#f8f9fb;--line:#d9dee4;--text:#1b1f24;--soft:#57606a;
--alarm:#b3261e;--alarm-ground:#fdeceb;--mark:#fff1c9;--mark-line:#c27803;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{
--ground:#101316;--card:#181c20;--code:#13171a;--line:#30363d;--text:#e8eaed;--soft:#9aa4ae;
--alarm:#ff9d94;--alarm-ground:#351a19;--mark:#3d3212;--mark-line:#e0a83a;--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
code,pre,dd,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.8125rem}
header,main{max-width:70rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
.request{margin:0;color:var(--soft)}
.request b{color:var(--text)}
.request .mono{font-size:.9375rem}
h1{margin:.5rem 0 0;font-size:1rem;font-weight:600;color:var(--alarm)}
.message{margin:.25rem 0 0;font-size:clamp(1.125rem,1rem + 1vw,1.5rem);line-height:1.35;font-weight:650;white-space:pre-wrap}
section{margin:1.5rem 0}
h2{margin:0 0 .625rem;font-size:1rem}
.soft{color:var(--soft)}
.card{background:var(--card);border:1px solid var(--line);border-radius:.625rem;overflow:hidden}
.linked{margin:0;padding:.75rem 1rem;white-space:pre-wrap;border-bottom:1px solid var(--line)}
.linked b{color:var(--alarm)}
details+details,details+.plain,.plain+details,.plain+.plain{border-top:1px solid var(--line)}
summary,.plain{padding:.5rem 1rem;font-size:.875rem;cursor:pointer}
.plain{cursor:default;margin:0}
summary:focus-visible,pre:focus-visible{outline:2px solid var(--link);outline-offset:-2px}
summary code{margin-right:.5rem}
.packages>summary,.where{color:var(--soft)}
.packages ol{margin:0;padding:.25rem 1rem .75rem 2.75rem;color:var(--soft)}
pre{margin:0;padding:.625rem 0;background:var(--code);border-top:1px solid var(--line);overflow-x:auto;line-height:1.6;tab-size:4;overflow-wrap:normal}
pre span{display:block;width:max-content;min-width:100%;padding:0 1rem;border-left:3px solid transparent}
pre i{display:inline-block;min-width:2.5rem;padding-right:1rem;text-align:right;font-style:normal;color:var(--soft);user-select:none}
pre .hit{background:var(--mark);border-left-color:var(--mark-line)}
pre.trace{padding:.75rem 1rem}
dl{margin:0;display:grid;grid-template-columns:minmax(6rem,14rem) 1fr}
dt,dd{margin:0;padding:.375rem 1rem;border-top:1px solid var(--line)}
dt:first-of-type,dt:first-of-type+dd{border-top:0}
dt{color:var(--soft);font-size:.875rem}
.columns section{margin:.75rem 0}
.columns{display:grid;gap:0 1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}
.steps{list-style:none;margin:0;padding:0}
.steps li{display:flex;flex-wrap:wrap;gap:.125rem .75rem;align-items:baseline;padding:.4375rem 1rem;font-size:.875rem}
.steps li+li{border-top:1px solid var(--line)}
.steps .failed{background:var(--alarm-ground);color:var(--alarm);font-weight:600}
footer{max-width:70rem;margin:0 auto;padding:.5rem 1.25rem 2.5rem;color:var(--soft);font-size:.875rem}
@media(max-width:32rem){dl{grid-template-columns:1fr}dt{padding-bottom:0}dd{border-top:0;padding-top:0}dt:first-of-type+dd{border-top:0}}
`;
