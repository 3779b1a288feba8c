import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../test/cameras/child-process';

/**
 * Flags of Node that the service runs with (`config.node_flags` of package.json, which `npm start` passes, too), for whoever
 * starts it otherwise.
 */
export function nodeFlags(): string[] {
  const { config } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as {
    config: { node_flags: string };
  };
  return config.node_flags.split(' ');
}
