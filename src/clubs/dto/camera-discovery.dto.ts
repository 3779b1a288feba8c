import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsString, Length, Matches, MaxLength } from 'class-validator';
import { MayBeLeftOut } from './fields';

/** Addresses named in one question. */
const MAX_ADDRESSES = 32;

export class DiscoverCamerasDto {
  @ApiPropertyOptional({
    type: [String],
    maxItems: MAX_ADDRESSES,
    example: ['192.168.1.20'],
    description: "IPv4 addresses to ask besides the service's own network, each with a port where it is not 3702.",
  })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(MAX_ADDRESSES)
  @IsString({ each: true })
  @Matches(/^\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?$/, { each: true, message: 'each must be an IPv4 address' })
  addresses?: string[];

  @ApiPropertyOptional({
    maxLength: 120,
    example: 'viewer',
    description: 'For cameras that show their streams to nobody else.',
  })
  @MayBeLeftOut()
  @IsString()
  @Length(1, 120)
  username?: string;

  @ApiPropertyOptional({ maxLength: 120, writeOnly: true, description: 'Sent as a digest, and kept nowhere.' })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(120)
  password?: string;
}

export class DiscoveredProfile {
  @ApiProperty({ type: String, nullable: true, example: 'H264', description: 'As the camera calls it.' })
  codec: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1920 })
  width: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1080 })
  height: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 25 })
  fps: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'rtsp://192.168.1.20/stream1',
    description: 'Without user name and password; `null` where the camera names an address that no camera may have.',
  })
  stream_url: string | null;
}

export class DiscoveredCamera {
  @ApiProperty({ type: String, nullable: true, example: 'IPC-2342' })
  name: string | null;

  @ApiProperty({ example: '192.168.1.20' })
  address: string;

  @ApiProperty({ example: false, description: 'It tells its streams only to who signs in.' })
  credentials_wanted: boolean;

  @ApiProperty({ type: [DiscoveredProfile] })
  profiles: DiscoveredProfile[];
}

export class DiscoveryAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [DiscoveredCamera] })
  devices: DiscoveredCamera[];
}
