import './zod-without-eval.ts'
import './styles/styles.css'
import { render } from 'preact'
import { createControlApi } from './api/api.ts'
import { createDashboard } from './state/dashboard.ts'
import { App } from './views/app.tsx'

const root = document.getElementById('app')
if (!root) throw new Error('index.html has no #app.')

const dashboard = createDashboard(createControlApi(location.origin))
dashboard.start()
render(<App dashboard={dashboard} />, root)
