/** Draws one court's JPEGs on a canvas: one at a time, and of those that came meanwhile the newest. */
export class JpegPlayer {
  private waiting: { data: Uint8Array<ArrayBuffer>; at: number } | null = null;
  private busy = false;
  private ended = false;

  /** @param onPicture a picture was drawn; epoch milliseconds of the service's clock at which it got there */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly onPicture: (arrivedAt: number) => void,
  ) {}

  /** @param at epoch milliseconds at which it reached the service */
  show(data: Uint8Array<ArrayBuffer>, at: number): void {
    this.waiting = { data, at };
    if (!this.busy) void this.work();
  }

  destroy(): void {
    this.ended = true;
    this.waiting = null;
  }

  private async work(): Promise<void> {
    this.busy = true;
    while (this.waiting !== null) {
      const { data, at } = this.waiting;
      this.waiting = null;
      // A broken picture is left out; the next one is near.
      const picture = await createImageBitmap(new Blob([data], { type: 'image/jpeg' })).catch(() => null);
      if (picture === null) continue;
      if (!this.ended) this.draw(picture, at);
      picture.close();
    }
    this.busy = false;
  }

  private draw(picture: ImageBitmap, at: number): void {
    const { canvas } = this;
    const { width, height } = picture;
    // Setting a size empties the canvas, so only where it is another one.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext('2d', { alpha: false })?.drawImage(picture, 0, 0);
    this.onPicture(at);
  }
}
