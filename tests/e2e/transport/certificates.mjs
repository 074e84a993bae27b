// An authority that nobody trusts but a program that is told to, and certificates by it and by another. None of them outlives the test.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

const EXTENSIONS = `
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $ENV::NAMES
`;
const HERE = "IP:127.0.0.1, IP:127.0.0.2, DNS:localhost";

/**
 * `authority` is the file of the one that drivers are told to trust; `trusted` is by it, `forAnotherName` too; `byAnother` and `bySelf`
 * are not. All have `key` and `cert`.
 */
export function makeCertificates() {
	const folder = mkdtempSync(`${tmpdir()}/valify-link-tls-`);
	writeFileSync(`${folder}/extensions`, EXTENSIONS);
	const make = (name, extensions, names, ...more) => {
		const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-config", "extensions"];
		const place = ["-keyout", `${name}.key`, "-out", `${name}.pem`, "-subj", `/CN=fake ${name} of a test`, "-extensions", extensions];
		execFileSync("openssl", ["req", "-x509", ...kind, ...place, ...more], {
			cwd: folder,
			stdio: ["ignore", "ignore", "pipe"],
			env: { ...process.env, NAMES: names },
		});
		return { key: readFileSync(`${folder}/${name}.key`), cert: readFileSync(`${folder}/${name}.pem`) };
	};
	const by = (name) => ["-CA", `${name}.pem`, "-CAkey", `${name}.key`];
	make("authority", "authority", HERE);
	make("another-authority", "authority", HERE);
	return {
		authority: `${folder}/authority.pem`,
		trusted: make("trusted", "server", HERE, ...by("authority")),
		forAnotherName: make("for-another-name", "server", "DNS:another.example, IP:192.0.2.1", ...by("authority")),
		byAnother: make("by-another", "server", HERE, ...by("another-authority")),
		bySelf: make("by-self", "server", HERE),
		remove: () => rmSync(folder, { recursive: true }),
	};
}
