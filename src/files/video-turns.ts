import { Injectable } from '@nestjs/common';

interface Room {
  readers: number;
  /** Settles when the change that is under way is over. */
  change: Promise<void> | null;
  /** Who waits until nobody reads. */
  idling: (() => void)[];
}

/**
 * Keeps what is read of a video from becoming two files in one answer: its bytes are changed only while nobody reads them, and
 * who comes to read while they are changed, which takes milliseconds, waits. Who reads is never made to end, so a change may
 * wait for hours. Of this process: of another one's reader it holds that the old beginning stays good for one change more
 * (`ChapterWriter`).
 */
@Injectable()
export class VideoTurns {
  private readonly rooms = new Map<string, Room>();

  /** Does `read` while nobody changes the video. */
  async reading<T>(sessionId: string, read: () => Promise<T>): Promise<T> {
    const room = this.room(sessionId);
    while (room.change) await room.change;
    room.readers++;
    try {
      return await read();
    } finally {
      room.readers--;
      if (room.readers === 0) for (const settle of room.idling.splice(0)) settle();
      this.leave(sessionId, room);
    }
  }

  /** Does `change` as soon as nobody reads the video. @param given up where `signal` says so while it waits */
  async changing<T>(sessionId: string, change: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
    const room = this.room(sessionId);
    while (room.readers > 0 || room.change) {
      if (signal.aborted) return null;
      await (room.change ?? this.idle(room, signal));
    }
    if (signal.aborted) return null;
    let settle: () => void = () => undefined;
    room.change = new Promise((resolve) => (settle = resolve));
    try {
      return await change();
    } finally {
      room.change = null;
      settle();
      this.leave(sessionId, room);
    }
  }

  private idle(room: Room, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        signal.removeEventListener('abort', settle);
        room.idling = room.idling.filter((other) => other !== settle);
        resolve();
      };
      room.idling.push(settle);
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  private room(sessionId: string): Room {
    const room = this.rooms.get(sessionId) ?? { readers: 0, change: null, idling: [] };
    this.rooms.set(sessionId, room);
    return room;
  }

  private leave(sessionId: string, room: Room): void {
    // Who waits for a change looks at the same room again.
    queueMicrotask(() => {
      if (room.readers === 0 && !room.change && room.idling.length === 0 && this.rooms.get(sessionId) === room) {
        this.rooms.delete(sessionId);
      }
    });
  }
}
