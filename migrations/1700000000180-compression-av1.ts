import { MigrationInterface, QueryRunner } from 'typeorm';

/** Videos may be coded anew in AV1, too. */
export class CompressionAv11700000000180 implements MigrationInterface {
  name = 'CompressionAv11700000000180';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE video_compressions
        DROP CONSTRAINT video_compressions_codec_check,
        ADD CONSTRAINT video_compressions_codec_check CHECK (codec IN ('h264', 'h265', 'av1'));
      ALTER TABLE clubs
        DROP CONSTRAINT clubs_compression_check,
        ADD CONSTRAINT clubs_compression_check CHECK (compression IN ('off', 'h264', 'h265', 'av1'));
    `);
  }

  /** Videos that are AV1 stay so, and their rows say it: what they were before is not there any more. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE clubs SET compression = 'h264' WHERE compression = 'av1';
      ALTER TABLE clubs
        DROP CONSTRAINT clubs_compression_check,
        ADD CONSTRAINT clubs_compression_check CHECK (compression IN ('off', 'h264', 'h265'));
      DELETE FROM video_compressions WHERE codec = 'av1' AND state NOT IN ('swapping', 'done');
      ALTER TABLE video_compressions
        DROP CONSTRAINT video_compressions_codec_check,
        ADD CONSTRAINT video_compressions_codec_check CHECK (codec IN ('h264', 'h265')) NOT VALID;
    `);
  }
}
