import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { plantKeys } from './planted';
import { FINDINGS, LogWatch } from './secret-watch';

/** The service in a process of its own, so that it can be sent signals. */
export class ServiceProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    /** Settles when it is gone, with its exit code. */
    readonly exited: Promise<number | null>,
  ) {}

  /**
   * @param env its whole environment besides `PATH`, secrets and port
   * @param onLog given all it writes, as it comes
   */
  static async start(
    root: string,
    databaseUrl: string,
    env: Record<string, string> = {},
    onLog: (text: string) => void = () => undefined,
  ): Promise<ServiceProcess> {
    plantKeys(join(root, 'data'));
    const child = spawn(process.execPath, ['-r', join(__dirname, 'register.js'), 'src/main.ts'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        [FINDINGS]: process.env[FINDINGS],
        NODE_ENV: 'test',
        PORT: '0',
        DATABASE_URL: databaseUrl,
        DATA_DIR: join(root, 'data'),
        VIDEOS_DIR: join(root, 'videos'),
        LOGS_DIR: join(root, 'logs'),
        CAMERA_ALLOW_LOOPBACK: 'true',
        STORAGE_ALLOW_HTTP: 'true',
        DISK_RESERVE_MB: '0',
        CAMERA_WATCH_SECONDS: '0',
        ACTIVITY_SCORES: 'false',
        ...env,
      },
    });
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const watch = new LogWatch(`a service of its own, ${child.pid}`);
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      void exited.then((code) => reject(new Error(`the service ended with ${code}: ${said}`)));
      child.stdout.on('data', (chunk: Buffer) => {
        onLog(chunk.toString('utf8'));
        watch.write(chunk.toString('utf8'));
        said += chunk.toString('utf8');
        const [, address] = /PadelVar listens on (http:\/\/[^\s"]+)/.exec(said) ?? [];
        if (address) resolve(address);
        said = said.slice(-8192);
      });
    });
    return new ServiceProcess(url, child, exited);
  }

  /** Sends a signal; one that is gone takes none. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
