import '../zod-without-eval.ts'
import './sandbox-page.css'
import { render } from 'preact'
import { openInside } from './inside.ts'
import { SandboxPage } from './sandbox-page.tsx'

const root = document.getElementById('live')
const { sandbox } = root?.dataset ?? {}
if (!(root && sandbox)) throw new Error('This page has no #live with a sandbox.')

// What stood here is for readers without script.
root.replaceChildren()
render(<SandboxPage inside={openInside(sandbox, location.origin)} />, root)
