import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsString, Length, Matches, Max, Min, ValidateIf } from 'class-validator';
import { IfPresent } from '../../common/if-present.decorator';
import { OBJECT_FAULTS, type ObjectFaultCode } from '../object-store';

const MOST_SECRET = 512;
const ORIGIN = /^https?:\/\/[^\s/?#@\\]{1,253}\/?$/i;
const PLAIN = /^[\x21-\x7e]+$/;
const KINDS = ['s3', 'bunny'] as const;
const DELIVERIES = ['proxy', 'redirect'] as const;

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
const unlessNull = ValidateIf((_, value: unknown) => value !== undefined && value !== null);

export class SetStorageDto {
  @ApiProperty({
    enum: KINDS,
    example: 's3',
    description: '`s3`: Amazon S3 and what speaks its language; `bunny`: bunny.net.',
  })
  @IsIn(KINDS)
  kind: 's3' | 'bunny';

  @ApiPropertyOptional({
    default: true,
    description: 'Off: nothing more is uploaded; what is there is read from there.',
  })
  @IfPresent()
  @IsBoolean()
  enabled?: boolean;

  @ApiProperty({
    example: 'https://s3.eu-west-3.amazonaws.com',
    description:
      "Scheme, host and port: of S3, or of the storage zone's region. HTTP only where the operator allows it.",
  })
  @trimmed
  @IsString()
  @Matches(ORIGIN, { message: 'must be https:// and a host, without a path' })
  endpoint: string;

  @ApiPropertyOptional({
    default: '',
    maxLength: 200,
    example: 'padel/',
    description: 'Before every name. Empty, or folders of letters, digits, - and _, each with a slash behind it.',
  })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(0, 200)
  @Matches(/^([A-Za-z0-9_-]+\/)*$/, {
    message: 'must be folders of letters, digits, - and _, each with a slash behind it',
  })
  prefix?: string;

  @ApiPropertyOptional({ default: 'us-east-1', example: 'eu-west-3', description: 'S3.' })
  @IfPresent()
  @trimmed
  @Matches(/^[a-z0-9-]{1,40}$/, { message: 'must be a region, such as eu-west-3' })
  region?: string;

  @ApiPropertyOptional({ example: 'club-videos', description: 'S3.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { message: "must be a bucket's name" })
  bucket?: string;

  @ApiPropertyOptional({
    default: true,
    description: 'S3. The bucket stands in the path (MinIO and most others) instead of in the host.',
  })
  @IfPresent()
  @IsBoolean()
  path_style?: boolean;

  @ApiPropertyOptional({ maxLength: MOST_SECRET, description: 'S3. Write-only; needed for a new place.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_SECRET)
  @Matches(PLAIN, { message: 'must be printable ASCII' })
  access_key_id?: string;

  @ApiPropertyOptional({ maxLength: MOST_SECRET, description: 'S3. Write-only; needed for a new place.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_SECRET)
  @Matches(PLAIN, { message: 'must be printable ASCII' })
  secret_access_key?: string;

  @ApiPropertyOptional({ example: 'club-videos', description: 'Bunny: the name of the storage zone.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9-]{1,62}$/, { message: "must be a storage zone's name" })
  storage_zone?: string;

  @ApiPropertyOptional({
    maxLength: MOST_SECRET,
    description: "Bunny: the zone's password. Write-only; needed for a new place.",
  })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_SECRET)
  @Matches(PLAIN, { message: 'must be printable ASCII' })
  storage_password?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'https://club.b-cdn.net',
    description: 'Bunny: scheme and host of the pull zone, for `deliver: "redirect"`.',
  })
  @unlessNull
  @trimmed
  @IsString()
  @Matches(ORIGIN, { message: 'must be https:// and a host, without a path' })
  pull_zone_url?: string | null;

  @ApiPropertyOptional({
    maxLength: MOST_SECRET,
    description: "Bunny: the pull zone's key for token authentication. Write-only.",
  })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_SECRET)
  @Matches(PLAIN, { message: 'must be printable ASCII' })
  pull_zone_key?: string;

  @ApiPropertyOptional({
    enum: DELIVERIES,
    default: 'proxy',
    description:
      '`proxy`: files leave through this service; `redirect`: from the storage, by an address that is good for a while.',
  })
  @IfPresent()
  @IsIn(DELIVERIES)
  deliver?: 'proxy' | 'redirect';

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: 36_500,
    default: null,
    description: 'The file here goes so many days after its copy was verified; 0: at once; `null`: it stays.',
  })
  @unlessNull
  @IsInt()
  @Min(0)
  @Max(36_500)
  keep_local_days?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: 100_000,
    default: null,
    description: 'Uploads take no more, in Mbit/s; `null`: what there is.',
  })
  @unlessNull
  @IsInt()
  @Min(1)
  @Max(100_000)
  upload_mbit?: number | null;
}

export class StorageView {
  @ApiProperty({ enum: KINDS })
  kind: 's3' | 'bunny';

  @ApiProperty()
  enabled: boolean;

  @ApiProperty({ example: 'https://s3.eu-west-3.amazonaws.com' })
  endpoint: string;

  @ApiProperty({ example: 'padel/' })
  prefix: string;

  @ApiProperty({ type: String, nullable: true, example: 'eu-west-3' })
  region: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'club-videos' })
  bucket: string | null;

  @ApiProperty({ type: Boolean, nullable: true })
  path_style: boolean | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  storage_zone: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  pull_zone_url: string | null;

  @ApiProperty({ enum: DELIVERIES })
  deliver: 'proxy' | 'redirect';

  @ApiProperty({ type: 'integer', nullable: true, example: 7 })
  keep_local_days: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  upload_mbit: number | null;

  @ApiProperty({ format: 'date-time' })
  changed_at: string;
}

export class StorageCounts {
  @ApiProperty({ description: 'Videos that are still to be uploaded, or being uploaded.' })
  waiting: number;

  @ApiProperty({ description: 'Videos that are there, verified.' })
  stored: number;

  @ApiProperty({ description: 'Of these, those that are only there.' })
  only_stored: number;

  @ApiProperty({ description: 'Uploads that were given up: see the videos.' })
  failed: number;
}

export class StorageAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: StorageView, nullable: true, description: '`null`: the club keeps its videos here only.' })
  storage: StorageView | null;

  @ApiProperty({ type: StorageCounts })
  counts: StorageCounts;
}

export class StorageTestAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ description: 'A small file was written, read and deleted.' })
  ok: boolean;

  @ApiProperty({ enum: OBJECT_FAULTS, nullable: true, example: null, description: 'A stable word.' })
  fault: ObjectFaultCode | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'A sentence for people.' })
  detail: string | null;

  @ApiProperty({ example: 240 })
  duration_ms: number;
}

export class ForgetQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'Copies that are there stay there, for you to delete. Only where every video has its file here too.',
  })
  @IfPresent()
  @IsIn(['true', 'false'])
  forget?: 'true' | 'false';
}
