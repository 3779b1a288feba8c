import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OpenSignIn } from '../../auth/sign-in-list.service';

export class SignInView {
  @ApiProperty({ format: 'uuid', example: '2f1d9f0e-7a0c-4f4e-9a53-6a3f0b8f1c11' })
  id: string;

  @ApiProperty({ type: Number, nullable: true, example: 1, description: 'The active club; `null` for a SUPER_ADMIN.' })
  club_id: number | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'When its tokens were last renewed: to some ten minutes.' })
  last_used_at: string;

  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7', description: 'At that moment.' })
  ip: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0 (iPhone)', description: 'At that moment.' })
  user_agent: string | null;

  @ApiProperty({ example: true, description: 'The one this request belongs to.' })
  current: boolean;
}

export class SignInListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [SignInView], description: 'In force, newest first.' })
  sessions: SignInView[];

  @ApiProperty({ example: 1, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'Absent on the last page.' })
  next_cursor?: string;
}

export function viewOfSignIn(signIn: OpenSignIn, currentId: string): SignInView {
  return {
    id: signIn.id,
    club_id: signIn.clubId,
    created_at: signIn.createdAt.toISOString(),
    last_used_at: signIn.lastUsedAt.toISOString(),
    ip: signIn.ip,
    user_agent: signIn.userAgent,
    current: signIn.id === currentId,
  };
}
