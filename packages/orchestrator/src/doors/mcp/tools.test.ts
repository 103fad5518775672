import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sandbox } from '../../gateway/testing/gateway-under-test.ts'
import { openTools } from './testing/open-tools.ts'

test('every tool says what it does, what it gives back, and what it may break', async () => {
  await using tools = await openTools()
  const { tools: listed } = await tools.client.listTools()

  expect(listed.map(({ name }) => name)).toEqual([
    ...['sandbox_info', 'run_command', 'start_process', 'read_process_output', 'stop_process'],
    ...['read_file', 'write_file', 'edit_file', 'list_files', 'search_files', 'query_database'],
    ...['get_url', 'checkpoint', 'rollback'],
  ])
  for (const { description, outputSchema, annotations } of listed) {
    expect(description?.length).toBeGreaterThan(60)
    expect(outputSchema).toMatchObject({ type: 'object' })
    expect(annotations).toMatchObject({ openWorldHint: false })
    expect(
      Object.keys(annotations ?? {})
        .sort()
        .join(),
    ).toMatch(/readOnlyHint|destructiveHint/)
  }
})

test('what is there, what is fake and when it ends is told', async () => {
  await using tools = await openTools()
  const { text, structured } = await tools.call('sandbox_info')

  expect(text).toMatch(/Fake: every personal value/)
  expect(structured).toMatchObject({ id: sandbox, workspace: '/workspace', user: 'agent' })
})

describe('get_url', () => {
  test('gives a link that opens one port, and not the token that it was asked with', async () => {
    await using tools = await openTools()
    const { capabilities, token } = tools.gateway
    const { text, structured } = await tools.call('get_url', { port: 8080 })
    const narrowed = new URL(text).searchParams.get('token') ?? ''

    expect(structured).toEqual({
      port: 8080,
      url: `https://8080-${sandbox}.preview.example.com/`,
      link: text,
    })
    expect(JSON.stringify(structured)).not.toContain(token)
    expect(() => capabilities.verifyNarrowed(narrowed, sandbox, 'preview 8080')).not.toThrow()
    expect(() => capabilities.verifyNarrowed(narrowed, sandbox, 'page')).toThrow(/opens no/)
    expect(() => capabilities.verify(narrowed)).toThrow(/opens no/)
  })

  test.each([0, 65_536, 80.5, '80'])('of %j is refused', async (port) => {
    await using tools = await openTools()

    expect(await tools.call('get_url', { port })).toMatchObject({ isError: true })
  })
})

describe('run_command', () => {
  test('answers with both outputs and the exit code, and is recorded', async () => {
    await using tools = await openTools()
    const command = 'echo out; echo err >&2; exit 3'
    const { text, structured, isError } = await tools.call('run_command', { command, cwd: '/' })

    expect({ text, isError }).toEqual({
      text: 'exit code 3\nout\n\nstderr:\nerr\n',
      isError: false,
    })
    expect(structured).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' })
    expect(tools.gateway.recorder.list(sandbox)).toMatchObject([
      { type: 'command', data: { command, exitCode: 3, stdoutTail: 'out\n' } },
    ])
    expect(tools.gateway.uses.open).toBe(0)
  })

  test('shows the beginning and the end of much, and says where all of it is', async () => {
    await using tools = await openTools()
    const { text, structured } = await tools.call('run_command', { command: 'seq 100000' })
    const all = await tools.call('read_file', {
      path: structured.stdoutFile,
      first_line: 50_000,
      lines: 1,
    })
    await tools.call('run_command', { command: `rm ${structured.stdoutFile}` })

    expect(text.length).toBeLessThan(31_000)
    expect(text).toMatch(
      /^1\n2\n[\s\S]*bytes left out[\s\S]*\n100000\n\n\[all: \/tmp\/output-\w+\.txt\]$/,
    )
    expect(structured.stdoutOmittedBytes).toBe(588_895 - 30_000)
    expect(all.structured.text).toBe('50000\n')
  })

  test('that takes too long is killed, and told with what to do', async () => {
    await using tools = await openTools()
    const given = { command: 'sleep 60', timeout_seconds: 0.1 }

    expect(await tools.call('run_command', given)).toMatchObject({
      ...{ isError: true, text: expect.stringMatching(/killed[\s\S]*background[\s\S]*timed_out/) },
    })
  })

  test('goes on being told while it runs', async () => {
    await using tools = await openTools()
    const heard: string[] = []
    await tools.client.callTool(
      { name: 'run_command', arguments: { command: 'sleep 1.5', cwd: '/' } },
      { onprogress: ({ message = '' }) => void heard.push(message) },
    )

    expect(heard).toEqual(['running (1 s)'])
  })
})

describe('a process', () => {
  test('runs on, is read further, and is stopped', async () => {
    await using tools = await openTools()
    const command = 'trap "echo bye; exit 4" TERM; echo up; while :; do sleep 0.05; done'
    const started = await tools.call('start_process', { command, cwd: '/' })
    const { process, stdoutNext } = started.structured
    const stopped = await tools.call('stop_process', { process })
    const read = await tools.call('read_process_output', { process, stdout_offset: stdoutNext })

    expect(started.structured).toMatchObject({ state: 'running', stdout: 'up\n', stdoutNext: 3 })
    expect(stopped.structured).toMatchObject({ state: 'ended' })
    expect(read.structured).toMatchObject({ state: 'ended', process })
  })

  test('nobody started is not found, with what to do', async () => {
    await using tools = await openTools()
    const { isError, text } = await tools.call('stop_process', { process: 'pr000000000000' })

    expect({ isError, text }).toEqual({
      isError: true,
      text: expect.stringContaining('process_not_found'),
    })
  })
})

describe('files', () => {
  test('are written, read by lines and edited, and keep their mode', async () => {
    await using tools = await openTools()
    const path = join(tools.directory, 'deep', 'a.sh')
    await tools.call('write_file', { path, content: 'one\ntwo\nthree\n' })
    await chmod(path, 0o755)
    const read = await tools.call('read_file', { path, first_line: 2, lines: 1 })
    const edited = await tools.call('edit_file', { path, old_string: 'two', new_string: '2' })

    expect(read).toMatchObject({
      ...{ text: 'two\n\n[lines 2 to 2; read on at 3]' },
      structured: { text: 'two\n', firstLine: 2, lastLine: 2, nextLine: 3, size: 14, cut: false },
    })
    expect(edited.structured).toEqual({ path, replaced: 1, size: 12 })
    expect(await readFile(path, 'utf8')).toBe('one\n2\nthree\n')
    expect((await stat(path)).mode & 0o777).toBe(0o755)
    expect(tools.gateway.recorder.list(sandbox).map(({ type }) => type)).toEqual([
      ...['file_written', 'file_written'],
    ])
  })

  test.each([
    [{ old_string: 'four', new_string: '' }, /does not stand in/],
    [{ old_string: 'o', new_string: '' }, /stands 2 times/],
    [{ old_string: '', new_string: '' }, /old_string/],
  ])('are left as they are where %j does not fit once', async (given, message) => {
    await using tools = await openTools()
    const path = join(tools.directory, 'a')
    await writeFile(path, 'one two')
    const { isError, text } = await tools.call('edit_file', { path, ...given })

    expect({ isError, text }).toEqual({ isError: true, text: expect.stringMatching(message) })
    expect(await readFile(path, 'utf8')).toBe('one two')
  })

  test('are edited by many at once, and no edit is lost', async () => {
    await using tools = await openTools()
    const path = join(tools.directory, 'a')
    const lines = Array.from({ length: 12 }, (_, at) => `line-${at};`)
    await writeFile(path, lines.join('\n'))
    await Promise.all(
      lines.map((old_string) =>
        tools.call('edit_file', { path, old_string, new_string: old_string.toUpperCase() }),
      ),
    )

    expect(await readFile(path, 'utf8')).toBe(lines.join('\n').toUpperCase())
  })

  test('that are links are edited where they lead, and stay links', async () => {
    await using tools = await openTools()
    const [path, link] = [join(tools.directory, 'a'), join(tools.directory, 'link')]
    await writeFile(path, 'one')
    await symlink(path, link)
    await tools.call('edit_file', { path: link, old_string: 'one', new_string: 'two' })

    expect(await readFile(path, 'utf8')).toBe('two')
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
  })

  test.each([
    ['bytes', Buffer.of(0xff, 0xfe, 0x41)],
    ['a NUL', Buffer.from('a\0b')],
  ])('of %s are not passed for text', async (_what, bytes) => {
    await using tools = await openTools()
    const path = join(tools.directory, 'a')
    await writeFile(path, bytes)

    for (const [tool, more] of [
      ['read_file', {}],
      ['edit_file', { old_string: 'A', new_string: 'B' }],
    ] as const) {
      const { isError, text } = await tools.call(tool, { path, ...more })
      expect({ isError, text }).toEqual({
        isError: true,
        text: expect.stringMatching(/not UTF-8 text/),
      })
    }
    expect(await readFile(path)).toEqual(bytes)
  })

  test('that are not there, or directories, are told as that', async () => {
    await using tools = await openTools()
    const read = (path: string) => tools.call('read_file', { path })

    expect((await read('/nowhere')).text).toMatch(/There is no "\/nowhere"[\s\S]*file_not_found/)
    expect((await read(tools.directory)).text).toMatch(/is a directory/)
    expect((await read('a\0b')).text).toMatch(/NUL/)
  })

  test('are listed with what is below, but for what others made', async () => {
    await using tools = await openTools()
    const { directory: path } = tools
    await mkdir(join(path, 'src', 'deep'), { recursive: true })
    await mkdir(join(path, 'node_modules', 'left-pad'), { recursive: true })
    await writeFile(join(path, 'src', 'a b\n.ts'), 'four')
    const { structured, text } = await tools.call('list_files', { path, depth: 3 })

    expect(structured.entries).toMatchObject([
      { path: join(path, 'node_modules'), type: 'directory' },
      { path: join(path, 'src'), type: 'directory' },
      { path: join(path, 'src', 'a b\n.ts'), type: 'file', size: 4 },
      { path: join(path, 'src', 'deep'), type: 'directory' },
    ])
    expect(text).toContain('a b\n.ts (4 bytes)')
    expect((await tools.call('list_files', { path: '/nowhere' })).text).toMatch(/file_not_found/)
    expect((await tools.call('list_files', { path: '/etc/passwd' })).text).toMatch(
      /not a directory/,
    )
  })

  test('are searched', async () => {
    await using tools = await openTools()
    const { directory: path } = tools
    await writeFile(join(path, 'a.ts'), 'const needle = 1\nother\nNeedle (2)\n')
    await writeFile(join(path, 'b.md'), 'needle\n')
    await writeFile(join(path, '$(touch pwned)'), 'x'.repeat(5000))
    const search = async (given: object) =>
      (await tools.call('search_files', { path, ...given })).structured

    expect(await search({ pattern: '^const n.+e\\b', glob: '*.ts' })).toEqual({
      matches: [{ path: join(path, 'a.ts'), line: 1, text: 'const needle = 1' }],
      more: false,
    })
    expect((await search({ pattern: 'needle', ignore_case: true })).matches).toHaveLength(3)
    expect((await search({ pattern: '(2)', literal: true })).matches).toMatchObject([{ line: 3 }])
    expect(await search({ pattern: 'needle', max_results: 1 })).toMatchObject({ more: true })
    expect(await search({ pattern: '$(touch pwned)`id`"\'', literal: true })).toEqual({
      matches: [],
      more: false,
    })
    expect((await search({ pattern: 'x+' })).matches[0].text.length).toBeLessThanOrEqual(400)
    expect((await tools.call('search_files', { path, pattern: '(' })).isError).toBe(true)
    expect((await tools.call('search_files', { path: '/nowhere', pattern: 'a' })).text).toMatch(
      /file_not_found/,
    )
    expect(
      (await tools.call('search_files', { path, pattern: '-f/etc/passwd' })).structured.matches,
    ).toEqual([])
  })
})
