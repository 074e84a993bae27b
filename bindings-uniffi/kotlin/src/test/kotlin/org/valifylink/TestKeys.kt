package org.valifylink

import java.nio.file.Files
import java.security.KeyStore
import kotlin.io.path.deleteIfExists
import kotlin.io.path.inputStream

/** A certificate for 127.0.0.1 that nobody trusts, made by the JDK's own tool. */
object TestKeys {
    val PASSWORD = "not-a-secret".toCharArray()

    val store: KeyStore by lazy {
        val file = Files.createTempDirectory("valify-link").resolve("keys.p12")
        val keytool = "${System.getProperty("java.home")}/bin/keytool"
        val made =
            ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                String(PASSWORD),
            ).redirectErrorStream(true).start()
        val said = made.inputStream.bufferedReader().readText()
        check(made.waitFor() == 0) { said }
        KeyStore.getInstance("PKCS12").apply { file.inputStream().use { load(it, PASSWORD) } }.also { file.deleteIfExists() }
    }
}
