// Starts `cargo xtask`, after making sure of what cargo itself needs: Rust, and a C compiler to link
// with. Everything else is xtask's, in Rust.
import { spawnSync } from 'node:child_process';
import { homedir, platform } from 'node:os';
import { delimiter, join } from 'node:path';

const env = { ...process.env };
env.PATH = [env.PATH, join(homedir(), '.cargo', 'bin')].join(delimiter);
if (env.CI && !env.CARGO_TARGET_DIR) {
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  env.CARGO_TARGET_DIR = join(cache, 'yinju', 'target');
}

const runs = (name, words) => spawnSync(name, words, { env, stdio: 'ignore' }).status === 0;
const does = (name, words) => spawnSync(name, words, { env, stdio: 'inherit' }).status ?? 1;

function fail(message) {
  console.error(message);
  process.exit(1);
}

function installCompiler() {
  const packages = ['build-essential', 'pkg-config'];
  const line = `apt-get install -y ${packages.join(' ')}`;
  if (!runs('apt-get', ['--version'])) fail('A C compiler (cc) is needed to build Yinju.');
  const root = process.getuid?.() === 0;
  if (!root && !runs('sudo', ['-n', 'true'])) fail(`Please run: sudo ${line}`);
  const prefix = root ? [] : ['sudo', '-n'];
  console.log(`  ...   ${packages.join(' ')}`);
  for (const words of [['update', '-qq'], ['install', '-y', '-qq', ...packages]]) {
    const [name, ...rest] = [...prefix, 'apt-get', ...words];
    if (does(name, rest) !== 0) fail(`${line} failed`);
  }
}

if (!runs('cargo', ['--version'])) fail('Rust is needed: https://rustup.rs');
if (platform() !== 'win32' && !runs('cc', ['--version'])) installCompiler();
process.exit(does('cargo', ['xtask', ...process.argv.slice(2)]));
