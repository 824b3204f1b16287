export interface SystemPackage {
  readonly name: string;
  readonly reason: string;
  readonly isPresent: () => boolean;
}

export declare const SYSTEM_PACKAGES: readonly SystemPackage[];
export declare function missingSystemPackages(): readonly SystemPackage[];
export declare function canInstallSystemPackages(): boolean;
export declare function installSystemPackages(entries: readonly SystemPackage[]): void;
