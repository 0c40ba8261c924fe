package svg

// style holds the colours twice: for light pages, and for those that ask for dark
// ones. The page is painted, so that the drawing can be read on any ground. Not
// all programs know variables of CSS, so there are none.
const style = `
.meshc{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;font-size:13px}
.meshc text{fill:#1f2328}
.meshc .head{font-size:14px;font-weight:bold}
.meshc .small,.meshc .marks,.meshc .note{font-size:11px}
.meshc .small{fill:#57606a}
.meshc .label{font-weight:bold}
.meshc .beside{paint-order:stroke;stroke:#ffffff;stroke-width:4px}
.meshc .page{fill:#ffffff}
.meshc .frame{fill:#f6f8fa;stroke:#8c959f;stroke-dasharray:6 4}
.meshc g rect{stroke-width:1.2}
.meshc .node rect{fill:#ddf4ff;stroke:#0969da}
.meshc .topic rect{fill:#ffffff;stroke:#57606a}
.meshc .external rect{stroke-dasharray:5 3}
.meshc .edge path{fill:none;stroke:#57606a;stroke-width:1.4}
.meshc .other path{stroke-dasharray:5 4}
.meshc .tip path{fill:#57606a}
.meshc g.warning rect{fill:#fff8c5;stroke:#9a6700;stroke-width:2}
.meshc g.error rect{fill:#ffebe9;stroke:#cf222e;stroke-width:2}
.meshc .edge.warning path{stroke:#9a6700;stroke-width:2}
.meshc .edge.error path{stroke:#cf222e;stroke-width:2}
.meshc .tip.warning path,.meshc .warning .marks,.meshc .note.warning,.meshc .beside.warning{fill:#9a6700}
.meshc .tip.error path,.meshc .error .marks,.meshc .note.error,.meshc .beside.error{fill:#cf222e}
@media (prefers-color-scheme:dark){
.meshc text{fill:#e6edf3}
.meshc .small{fill:#9198a1}
.meshc .page{fill:#0d1117}
.meshc .beside{stroke:#0d1117}
.meshc .frame{fill:#151b23;stroke:#656c76}
.meshc .node rect{fill:#0c2d6b;stroke:#4493f8}
.meshc .topic rect{fill:#0d1117;stroke:#9198a1}
.meshc .edge path{stroke:#9198a1}
.meshc .tip path{fill:#9198a1}
.meshc g.warning rect{fill:#3b2300;stroke:#d29922}
.meshc g.error rect{fill:#490202;stroke:#f85149}
.meshc .edge.warning path{stroke:#d29922}
.meshc .edge.error path{stroke:#f85149}
.meshc .tip.warning path,.meshc .warning .marks,.meshc .note.warning,.meshc .beside.warning{fill:#d29922}
.meshc .tip.error path,.meshc .error .marks,.meshc .note.error,.meshc .beside.error{fill:#f85149}
}
`
