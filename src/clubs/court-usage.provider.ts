import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CourtUsage, NoCourtUsage } from './court-usage';

/** Finds the {@link CourtUsage} that the application binds, wherever it is bound; without one nothing is ever open. */
@Injectable()
export class CourtUsageProvider {
  private found: CourtUsage | null = null;

  constructor(private readonly modules: ModuleRef) {}

  get(): CourtUsage {
    return (this.found ??= this.find());
  }

  private find(): CourtUsage {
    try {
      return this.modules.get(CourtUsage, { strict: false });
    } catch {
      return new NoCourtUsage();
    }
  }
}
