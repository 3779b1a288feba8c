import { Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/app-config';
import { databaseOptions } from './database-options';
import { migrate } from './migrate';

/**
 * TypeORM on the configured PostgreSQL: migrated under a lock before the first query; entities are those the rooms
 * register with `TypeOrmModule.forFeature`.
 */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [AppConfig],
      useFactory: (config: AppConfig) => {
        const logger = new Logger('Database');
        if (config.databaseUrl === null) throw new Error('The database has no URL: the embedded one is not started');
        return {
          ...databaseOptions(config.databaseUrl, (error) => logger.warn(`A connection broke: ${error.message}`)),
          autoLoadEntities: true,
          retryAttempts: 10,
          retryDelay: 1500,
        };
      },
      dataSourceFactory: async (options) => {
        if (!options || options.type !== 'postgres' || !options.url) throw new Error('PostgreSQL has no URL');
        const ran = await migrate(options.url);
        if (ran.length > 0) new Logger('Database').log(`Migrated: ${ran.join(', ')}`);
        return new DataSource(options).initialize();
      },
    }),
  ],
})
export class DatabaseModule {}
