import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { CAMERA_URL, CourtCameraView } from './court.dto';
import { IsName, MayBeLeftOut, MayBeNull } from './fields';

const NAME = {
  type: String,
  nullable: true,
  example: 'Back wall',
  minLength: 1,
  maxLength: 120,
  description: 'As people call it; `null`: it has no name.',
} as const;

export class AddCameraDto {
  @ApiProperty(CAMERA_URL)
  @IsString()
  @MaxLength(2048)
  camera_url: string;

  @ApiPropertyOptional(NAME)
  @MayBeNull()
  @IsName()
  name?: string | null;
}

export class ChangeCameraDto {
  @ApiPropertyOptional(CAMERA_URL)
  @MayBeLeftOut()
  @IsString()
  @MaxLength(2048)
  camera_url?: string;

  @ApiPropertyOptional(NAME)
  @MayBeNull()
  @IsName()
  name?: string | null;
}

export class CourtCameraAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: CourtCameraView })
  camera: CourtCameraView;
}

export class CourtCameraListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [CourtCameraView], description: 'By position; the main one first.' })
  cameras: CourtCameraView[];

  @ApiProperty({ example: 2 })
  count: number;
}
