import { z } from 'zod'

// Zod compiles object schemas with `new Function` when it may, and tries as soon as one is defined.
// Our content security policy forbids it, so this module is imported before any schema.
z.config({ jitless: true })
