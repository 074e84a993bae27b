package org.valifylink

import java.time.Instant
import java.time.LocalDate

/**
 * A well-formed Egyptian national ID number. No text shows it. That a number is well-formed does not prove that it was issued, nor that it
 * belongs to whoever typed it.
 */
public class NationalId private constructor(
    private val handle: NationalIdHandle,
) {
    private val view = core { handle.view() }

    /** The 14 ASCII digits. They are personal data: store [pseudonym] where that serves. */
    public val digits: String get() = view.digits

    /** The date of birth in the number. */
    public val birthDate: LocalDate get() = LocalDate.parse(view.birthDate)

    /** Where the birth was registered; null, and a warning, where the code is not one of those observed. */
    public val governorate: Governorate? get() = view.governorate?.let { Governorate(it.code, it.english, it.arabic) }

    /** The sex in the number. */
    public val sex: Sex get() = view.sex

    /** What looks wrong and does not make the number unusable. */
    public val warnings: List<NationalIdWarning> get() = view.warnings

    /** Whether the holder is under 18 on this date. */
    public fun isMinor(on: LocalDate): Boolean = core { handle.isMinorOn(on.toString()) }

    /** Whether the holder is under 18 today, by the date in Egypt. */
    public fun isMinor(): Boolean = core { handle.isMinorAt(Instant.now()) }

    /** A name for this number that nobody can turn back without the key: 64 hexadecimal digits. The key has at least 16 bytes. */
    public fun pseudonym(key: Secret): String = core { handle.pseudonym(key.toCore()) }

    override fun toString(): String = "NationalId(hidden)"

    override fun equals(other: Any?): Boolean = other is NationalId && other.digits == digits

    override fun hashCode(): Int = digits.hashCode()

    public companion object {
        /**
         * Reads 14 ASCII, Arabic-Indic or Persian digits, with any spaces or hyphens between them. [InvalidRequestException] at
         * `national_id` for anything else, and for a birth that does not exist or lies in the future.
         */
        @JvmStatic
        @JvmOverloads
        public fun parse(
            text: String,
            now: Instant = Instant.now(),
        ): NationalId = NationalId(core { NationalIdHandle.parse(wellFormed(text), now) })
    }
}

/** A governorate, or a birth abroad. */
public data class Governorate(
    /** The two digits in the number. */
    val code: String,
    /** The English name. */
    val english: String,
    /** The Arabic name. */
    val arabic: String,
)
