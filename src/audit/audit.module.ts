import { Module } from '@nestjs/common';
import { AuditExport } from './audit-export.service';
import { AuditTrail } from './audit-trail.service';
import { AuditController } from './audit.controller';

/** The audit trail as admins read it. It is written by the rooms, through the auth room's `AuditService`. */
@Module({ controllers: [AuditController], providers: [AuditExport, AuditTrail] })
export class AuditModule {}
