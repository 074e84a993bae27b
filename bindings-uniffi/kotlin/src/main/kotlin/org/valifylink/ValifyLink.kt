package org.valifylink

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.await
import kotlinx.coroutines.future.future
import kotlinx.coroutines.runBlocking
import java.security.SecureRandom
import java.time.Duration
import java.time.Instant
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException

/**
 * Asks for verification links. Make one and share it between threads: it keeps no connection and nothing to close.
 *
 * @throws ConfigException where a setting is refused, with its field, before anything is sent
 */
public class ValifyLink private constructor(
    private val config: ConfigHandle,
    private val transport: Transport,
) {
    /** Over [transport], by default `java.net.http`. */
    @JvmOverloads
    public constructor(config: ValifyConfig, transport: Transport = JavaHttpTransport()) : this(read(config.document()), transport)

    /** Where links are asked for. */
    public val environment: Environment get() = core { config.environment() }

    /** The service's origin. */
    public val baseUrl: String get() = core { config.baseUrl() }

    /**
     * Asks for a link, and sends again what may be sent again. Cancelling the coroutine cancels the request on its way.
     *
     * @param timeout another timeout for each attempt of this call; the deadline stays
     * @throws OutcomeUnknownException where the request may have been processed: do not send it again blindly
     */
    public suspend fun createLink(
        request: LinkRequest,
        timeout: Duration? = null,
    ): Link {
        val call = machine(request, timeout = timeout)
        var failed: String? = null
        try {
            var step = call.start()
            while (true) {
                step =
                    when (step) {
                        is Step.Done -> return step.link
                        is Step.Wait -> {
                            delay(step.delayMs)
                            call.waited()
                        }
                        is Step.Send -> {
                            val answer = attempt(step.request)
                            failed = (answer as? Answer.Failed)?.let { call.clean(it.text) }
                            when (answer) {
                                is Answer.Arrived -> call.respond(answer.response)
                                is Answer.Failed -> call.fail(answer.failure)
                            }
                        }
                    }
            }
        } catch (ended: ValifyException) {
            throw failed?.let { ValifyException.of(ended.details, it) } ?: ended
        }
    }

    /** [createLink] for Java. Cancelling the future cancels the request on its way. */
    @JvmOverloads
    public fun createLinkAsync(
        request: LinkRequest,
        timeout: Duration? = null,
    ): CompletableFuture<Link> = CoroutineScope(Dispatchers.IO).future { createLink(request, timeout) }

    /** [createLink] for code that blocks. Interrupting the thread cancels the request on its way. */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun createLinkBlocking(
        request: LinkRequest,
        timeout: Duration? = null,
    ): Link = runBlocking { createLink(request, timeout) }

    /** A record of a request that is about to be made. Store it before [createLink]: nothing can come too early then. */
    @JvmOverloads
    public fun requested(
        request: LinkRequest,
        now: Instant = Instant.now(),
    ): Verification = Verification(core { VerificationHandle.requested(config, request.handle, now) })

    /**
     * The machine alone, for those who bring their own loop.
     *
     * @param seed 64 random bits, for the jitter of the back-off alone
     */
    @JvmOverloads
    public fun machine(
        request: LinkRequest,
        now: Instant = Instant.now(),
        seed: Long = random.nextLong(),
        timeout: Duration? = null,
    ): CreateLink = CreateLink(core { CreateLinkHandle(config, request.handle, now, seed, timeout?.let(Document::milliseconds)) })

    override fun toString(): String = "ValifyLink($config)"

    /** Nothing of what a transport throws is kept but its type and its text. */
    private suspend fun attempt(request: HttpRequest): Answer =
        try {
            Answer.Arrived(transport.send(request).await())
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (thrown: Throwable) {
            val error = if (thrown is CompletionException) thrown.cause ?: thrown else thrown
            when (error) {
                is Error -> throw error
                is TransportException -> Answer.Failed(error.failure, error.message.orEmpty())
                else -> Answer.Failed(TransportFailure.MAYBE_SENT, described(error))
            }
        }

    private sealed class Answer {
        class Arrived(
            val response: HttpResponse,
        ) : Answer()

        class Failed(
            val failure: TransportFailure,
            val text: String,
        ) : Answer()
    }

    public companion object {
        private val random = SecureRandom()

        /** A client of a `config` document in JSON, for settings that come from a file. */
        @JvmStatic
        @JvmOverloads
        public fun fromDocument(
            json: String,
            transport: Transport = JavaHttpTransport(),
        ): ValifyLink = ValifyLink(read(json), transport)

        private fun read(json: String): ConfigHandle = core { ConfigHandle.fromDocument(json) }
    }
}

/** An exception's type and text, which is all that is kept of it. */
internal fun described(error: Throwable): String = "${error.javaClass.name}: ${error.message}"
